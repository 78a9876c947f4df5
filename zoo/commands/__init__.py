"""The commands of `faceaging`, one file each."""
