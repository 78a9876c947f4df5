"""One file for each thing that the zoo does, named by its verb: its options, and what is done."""
