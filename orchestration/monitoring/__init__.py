"""What is said of runs and of the state of things: to Dagster, to people who are called, to a monitor."""
