"""Sanctions lists: files of their publishers read as they are published, and names compared with what they hold.

Nobody is called free of sanctions here: the strongest word is that no name like this was found on a list of a date.
"""
