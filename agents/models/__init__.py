"""What thinks in a run: a playbook, a script, a recording, or a language model through litellm."""
