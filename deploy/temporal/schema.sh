#!/bin/sh
# Creates Temporal's two databases, or brings their schema to the version of this image. Does nothing where that is done.
set -eu

tool() {
  database=$1
  shift
  # The password comes from SQL_PASSWORD, so that it is on no command line.
  temporal-sql-tool --plugin postgres12 --endpoint "$SQL_HOST" --port "$SQL_PORT" --user "$SQL_USER" --database "$database" "$@"
}

schema=${TEMPORAL_SCHEMA_DIR:-/etc/temporal/schema/postgresql/v12}

tool temporal create
tool temporal setup-schema -v 0.0
tool temporal update-schema -d "$schema/temporal/versioned"

tool temporal_visibility create
tool temporal_visibility setup-schema -v 0.0
tool temporal_visibility update-schema -d "$schema/visibility/versioned"

echo 'Temporal schema is up to date.'
