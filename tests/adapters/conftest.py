"""The files that are run in a process of their own are not collected in this one."""

collect_ignore_glob = ["keras_*.py"]
