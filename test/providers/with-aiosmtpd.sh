#!/usr/bin/env bash
# Sends mail to a server of another family than nodemailer's: Debian's aiosmtpd. Installs it where that is possible; where it
# is not, the test says that it was left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v aiosmtpd >/dev/null && [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
  apt-get install -y --no-install-recommends python3-aiosmtpd >/dev/null || echo 'aiosmtpd could not be installed.'
fi
exec node --experimental-vm-modules node_modules/jest/bin/jest.js test/providers/smtp-aiosmtpd.spec.ts "$@"
