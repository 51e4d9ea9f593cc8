"""What comes in: operations on tasks, and the task list that follows from them."""
