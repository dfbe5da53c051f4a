"""The letters: to whom, in which words, as which bytes; and the script for the telephone."""
