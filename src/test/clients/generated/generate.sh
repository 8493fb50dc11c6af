#!/usr/bin/env bash
# Lints an OpenAPI document and makes clients of it, in TypeScript and Python.
#
#   bash src/test/clients/generated/generate.sh openapi.json OUTPUT typescript|python
#
# Needs Node.js with the packages that src/test/servers/install.sh installs, or a JDK and
# target/clients/openapi-generator.jar.
set -euo pipefail

document=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
mkdir -p "$2"
output=$(realpath "$2")
modules=${BYO_TEST_SERVERS:-/opt/byo-test-servers}/node-clients/node_modules

case $3 in
  typescript)
    cp "$here"/{package.json,tsconfig.json,lint.mjs,main-job.ts} "$output"
    ln -sfn "$modules" "$output/node_modules"
    cd "$output"
    node lint.mjs "$document"
    node node_modules/openapi-typescript/bin/cli.js "$document" --default-non-nullable false -o api.d.ts
    node node_modules/typescript/bin/tsc
    ;;
  python)
    java -XX:TieredStopAtLevel=1 -jar "$here/../../../../target/clients/openapi-generator.jar" generate \
      --generator-name python-pydantic-v1 --package-name byoemail_client \
      --input-spec "$document" --output "$output" \
      --global-property apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false \
      >"$output/generator.log" 2>&1 || { cat "$output/generator.log"; exit 1; }
    ;;
esac
