"""What the rooms show, without widgets: item models, and pure folds of records and events into rows."""
