"""The service: thin routes over a release."""
