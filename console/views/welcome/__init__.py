"""The first run: which work should an agent try first?"""
