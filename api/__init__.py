"""How people and programs reach it: jobs put rooms together, command line and service call them."""
