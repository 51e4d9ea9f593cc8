"""The steps that bring a store up to the version of the code."""
