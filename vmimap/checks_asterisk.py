"""vmimap between a real Asterisk with IMAP storage and one with files."""

CHECKS = []
