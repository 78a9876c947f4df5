"""One file for each thing that the zoo does: its options, and what is done."""
