"""The network part: what programs do with a server, in round trips, octets, time, instructions and memory."""

import os
import statistics
import sys

import build
import offline
import world as worlds

REPEATS, UNTIL = 3, 600
DISTANCE = 0.02
UW_IDLE = 1000  # streams: UW's library waits with select(), which ends at 1024
COUNTED = ("a_vmmain_10k", "f_env10k")  # of these, instructions as well


def measure(opponents, only=(), say=print):
    """[{name, what, and per opponent what was found}]; ends the run when what was seen differs.

    Flights and octets are those of a run in which only what is waited for counts, `wall` the median of runs without
    that, `far` that of one with a distance; `server` is the server's processor time.
    """
    driver = worlds.Driver(opponents)
    world = worlds.World(os.path.join(build.OUT, "servers"), os.environ.get("BENCH_CONF"))
    results = []
    try:
        for scenario in driver.scenarios:
            if only and scenario["name"] not in only:
                continue
            result = _one(driver, world, opponents, scenario)
            results.append(result)
            uw, ours = result["uw"], result["ours"]
            say(f"{scenario['name']}: flights {ours['flights']} of {uw['flights']}, sent {ours['sent']} of {uw['sent']}, "
                f"received {ours['received']} of {uw['received']}, ms {ours['wall'] / 1000:.1f} of {uw['wall'] / 1000:.1f}"
                + (f", far {ours['far'] / 1000:.0f} of {uw['far'] / 1000:.0f}" if "far" in uw else "")
                + (f", kB {ours['kilo']} of {uw['kilo']}" if "kilo" in uw else "")
                + (f", instructions {ours['instructions']} of {result['quiet']['instructions']}" if "quiet" in result else "")
                + (f", server ms {ours['server'] / 1000:.1f} of {uw['server'] / 1000:.1f}" if "count10k" in scenario["name"] else ""),
                flush=True)
    finally:
        world.stop()
    return results


def _one(driver, world, opponents, scenario):
    name = scenario["name"]
    result = {**scenario, "uw": {}, "ours": {}}
    checks = {"uw": set(), "ours": set()}

    def once(key, distance=0.0, watch=False):
        asked = {**scenario, "count": UW_IDLE} if name == "h_idle" and key == "uw" else scenario
        driver.fresh(world, scenario, opponents, distance)
        found = driver.run(world, asked, opponents[key], watch)
        checks[key].add(found.pop("check"))
        return {**found, "count": asked["count"]}

    for key in checks:
        result[key] = once(key, watch=True)
    if not name.startswith("h_"):
        times = {"uw": [], "ours": []}
        for _ in range(build.repeats(REPEATS, UNTIL)):
            # In turn, so that both see the same load of the machine.
            for key, found in times.items():
                found.append(once(key))
        for key, found in times.items():
            result[key].update({what: statistics.median(one[what] for one in found) for what in ("wall", "user", "system")})
            result[key]["far"] = once(key, DISTANCE)["wall"]
    if checks["uw"] != checks["ours"] or len(checks["uw"]) != 1:
        sys.exit(f"bench: {name}: what the program saw differs: {checks}")
    if name in COUNTED:
        for key in ("quiet", "ours"):
            world.far(0.0)
            profile, under = offline.callgrind("measured*")
            driver.run(world, scenario, opponents[key], before=under)
            result.setdefault(key, {})["instructions"] = offline.collected(profile, "/network")
    return result
