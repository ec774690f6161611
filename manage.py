#!/usr/bin/env python
"""Django's command line for Derisk."""

import os
import sys

from django.core.management import execute_from_command_line

from config import upgrading

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in upgrading.COMMANDS:
        upgrading.begin()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)
