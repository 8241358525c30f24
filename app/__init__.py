"""The two faces of the software, on top of everything: the command line and the pages."""
