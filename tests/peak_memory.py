"""Code that a test's own process runs to tell its peak memory in kB.

`ru_maxrss` does not do: it counts what the process that started it had in memory.
"""

PEAK = (
    "def peak():\n"
    "    status = open('/proc/self/status').read()\n"
    "    return int(status.split('VmHWM:')[1].split()[0])\n"
)
