#!/usr/bin/env python3
"""What BenchmarkWakeUp in sim/virtual does, with SimPy: 100 processes that sleep for random times.

    python3 docs/benchmarks/wakeups.py

It prints a line as go test does, so that both can be read side by side. It knows SimPy 2 (Debian's
python3-simpy) and SimPy 3 and later (python3-simpy3, or from PyPI).
"""

import random
import sys
import time

SLEEPERS = 100
WAKE_UPS = 1_000_000
WAITS = [random.Random(1).randint(1, 2 * SLEEPERS) for _ in range(1024)]


def simpy3(simpy):
    """Runs the processes on SimPy 3 or later; returns how long it took."""
    env = simpy.Environment()
    left = WAKE_UPS
    done = env.event()

    def sleeper(first):
        nonlocal left
        yield env.timeout(first)
        while True:
            left -= 1
            if left == 0:
                done.succeed()
            yield env.timeout(WAITS[left % len(WAITS)])

    for i in range(SLEEPERS):
        env.process(sleeper(i))
    start = time.perf_counter()
    env.run(until=done)
    return time.perf_counter() - start


def simpy2(simulation):
    """Does the same on SimPy 2."""
    world = simulation.Simulation()
    left = WAKE_UPS

    class Sleeper(simulation.Process):
        def sleep(self, first):
            nonlocal left
            yield simulation.hold, self, first
            while True:
                left -= 1
                if left == 0:
                    world.stopSimulation()
                yield simulation.hold, self, WAITS[left % len(WAITS)]

    for i in range(SLEEPERS):
        one = Sleeper(sim=world)
        world.activate(one, one.sleep(i))
    start = time.perf_counter()
    world.simulate(until=float("inf"))
    return time.perf_counter() - start


def main():
    try:
        import simpy
        took = simpy3(simpy)
    except ImportError:
        try:
            from SimPy import Simulation
        except ImportError:
            sys.exit("SimPy is not installed: apt-get install python3-simpy")
        took = simpy2(Simulation)
    print("pkg: github.com/locklab/locklab/docs/benchmarks")
    print(f"BenchmarkSimPy \t{WAKE_UPS}\t{took / WAKE_UPS * 1e9:.0f} ns/op\t{WAKE_UPS / took:.0f} events/s")


main()
