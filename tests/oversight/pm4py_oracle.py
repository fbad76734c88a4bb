"""Runs under a Python with pm4py and without this product: loads both logs and replays one on the net it is given.

Reads {xes, ocel, initial, states, arrows} as JSON and prints what it found as JSON.
"""

import json
import sys
from typing import Any

import pm4py
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils import petri_utils


def main() -> None:
    given = json.load(sys.stdin)
    log = pm4py.read_xes(given["xes"])
    steps = log[log["concept:name"].str.contains(">")].reset_index(drop=True)
    net, start, end = net_of(given)
    whole = fitness(steps, net, start, end)
    sizes = steps.groupby("case:concept:name").size()
    longest = steps[steps["case:concept:name"] == sizes.idxmax()]
    broken = steps.drop(index=longest.index[1]).reset_index(drop=True)
    ocel = pm4py.read_ocel2_json(given["ocel"])
    found = {
        "version": pm4py.__version__,
        "cases": int(log["case:concept:name"].nunique()),
        "events": len(log),
        "steps": len(steps),
        "variants": len(pm4py.get_variants(steps)),
        "whole": whole,
        "broken": fitness(broken, net, start, end),
        "ocel_events": len(ocel.events),
        "ocel_cases": int((ocel.objects["ocel:type"] == "case").sum()),
    }
    sys.stdout.write(f"{json.dumps(found)}\n")


def net_of(given: dict[str, Any]) -> tuple[Any, Any, Any]:
    net = PetriNet("procedure")
    places = {state: PetriNet.Place(state) for state in [*given["states"], "end"]}
    net.places.update(places.values())
    for number, (trigger, source, dest) in enumerate(given["arrows"]):
        connect(net, PetriNet.Transition(f"t{number}", f"{trigger}>{dest}"), places[source], places[dest])
    for state in given["states"]:
        connect(net, PetriNet.Transition(f"end-{state}", None), places[state], places["end"])
    return net, Marking({places[given["initial"]]: 1}), Marking({places["end"]: 1})


def connect(net: Any, transition: Any, source: Any, dest: Any) -> None:
    net.transitions.add(transition)
    petri_utils.add_arc_from_to(source, transition, net)
    petri_utils.add_arc_from_to(transition, dest, net)


def fitness(log: Any, net: Any, start: Any, end: Any) -> float:
    return float(pm4py.fitness_token_based_replay(log, net, start, end)["log_fitness"])


main()
