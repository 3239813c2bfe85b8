#!/usr/bin/env bash
# How the runs of the first format beside this script were made, with a binary of version 0.1.0
# (commit 2ad7167987ca), the last that wrote it:  make_fixtures.sh MAGMASCOPE DIRECTORY
#
# quadratic    finished, two arms, two seeds
# language     finished; Muon got the letter m and Magma(Muon) a, other than today
# interrupted  stopped by SIGINT at some step; its arms are closed with "final" lines all the same
# changed      saved by the explorer while paused; lr of both arms and tau were changed while it ran
set -euo pipefail
magmascope=$1 out=$2
mkdir -p "$out"
pair=(--arm adam:lr=1e-2 --arm 'magma(adam):lr=1e-2')
"$magmascope" train --workload quadratic "${pair[@]}" --seeds 2 --steps 40 --eval-every 10 \
  --out "$out/quadratic"
"$magmascope" train --layers 1 --width 8 --heads 2 --ffn 16 --context 16 --batch 2 --steps 20 \
  --arm muon --arm 'magma(muon)' --eval-every 5 --out "$out/language"
"$magmascope" train --workload quadratic "${pair[@]}" --steps 60000 --eval-every 5000 \
  --out "$out/interrupted" & run=$!
sleep 0.3
kill -INT "$run"
wait "$run" || true
# changed: by hand, as
#   XDG_DATA_HOME=$out magmascope --workload quadratic ARMS --steps 400000 --eval-every 40000
# space, ":set lr 0.002", space, space, ":set tau 1", s, w
