"""Processes forked from one that has imported torch and nothing of lrsched: each import of torch takes seconds."""

import os
import sys
import textwrap
import traceback
from multiprocessing import get_context
from threading import Timer

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["torch._dynamo", "accelerate"])


class Program:
    """A process that runs the text of a program, with arguments and variables of the environment."""

    def __init__(self, program, *arguments, **environment):
        read, write = CONTEXT.Pipe(duplex=False)
        told = textwrap.dedent(program), [str(argument) for argument in arguments], environment
        self.process = CONTEXT.Process(target=execute, args=(write, *told), daemon=True)
        self.process.start()
        write.close()
        with read:
            self.lines = os.fdopen(os.dup(read.fileno()))

    def finish(self):
        """Wait for the end, and return the last line that was printed."""
        limit = Timer(300, self.process.kill)
        limit.start()
        with self.lines:
            said = self.lines.read()
        limit.cancel()
        self.process.join(60)
        assert self.process.exitcode == 0, said
        return said.strip().splitlines()[-1]

    def kill(self):
        """Kill the process at once, and return its exit code."""
        self.process.kill()
        self.process.join(60)
        self.lines.close()
        return self.process.exitcode


def execute(write, program, arguments, environment):
    """Run a program in this process; what it prints, and its errors, go to the pipe."""
    for stream in (1, 2):
        os.dup2(write.fileno(), stream)
    write.close()
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", closefd=False) for stream in (1, 2))
    os.environ.update({name: str(value) for name, value in environment.items()})
    sys.argv = ["-c", *arguments]
    try:
        exec(program, {"__name__": "__main__"})
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)  # gloo's threads sometimes abort a process that ends as usual
