#!/usr/bin/env bash
# The API's contract under tools that are not ours: check.sh MUSTERD SOURCE_DIR BUILD_DIR. Lints what
# musterd serves, makes TypeScript types of it and checks a client against them.
set -euo pipefail
musterd=$1 source=$2 build=$3
mkdir -p "$build"
cp -p "$source"/tests/contract/{package.json,package-lock.json,redocly.yaml,client.ts} "$build"
cd "$build"
if [ ! -f node_modules/.done ] || [ package-lock.json -nt node_modules/.done ]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  touch node_modules/.done
fi
"$musterd" --config "$source/etc/muster.yaml" contract print >openapi.json
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
node_modules/.bin/redocly lint --config redocly.yaml --max-problems 50 openapi.json
node_modules/.bin/openapi-typescript openapi.json --output muster.d.ts
node_modules/.bin/tsc --strict --noEmit --skipLibCheck --target es2022 --module es2022 \
  --moduleResolution bundler --lib es2022,dom client.ts
echo "the contract holds"
