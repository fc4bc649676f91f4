#!/bin/bash
# Starts mongod as a member of a replica set with access control. The key file is written anew at every start, into memory:
# mongod refuses one that others may read, and a mounted file keeps the owner it has on the host.
set -euo pipefail

key_file=${KEY_FILE:-/tmp/replica-set.key}
if [[ ! ${MONGODB_REPLICA_KEY:-} =~ ^[A-Za-z0-9+/=]{6,1024}$ ]]; then
  echo 'MONGODB_REPLICA_KEY must be 6 to 1024 characters of base64 (letters, digits, + / =).' >&2
  exit 1
fi
umask 077
printf '%s\n' "$MONGODB_REPLICA_KEY" > "$key_file"
chmod 400 "$key_file"
unset MONGODB_REPLICA_KEY

exec mongod --replSet rs0 --keyFile "$key_file" --bind_ip_all --dbpath "${DB_PATH:-/data/db}" --wiredTigerCacheSizeGB "${MONGODB_CACHE_GB:-1}"
