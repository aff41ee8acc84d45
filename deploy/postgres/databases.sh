#!/usr/bin/env bash
# Run once, by the first start of the postgres image: a database for each service, which its own role alone may enter.
set -euo pipefail

for name in acuerdo_agreement acuerdo_touchpoints acuerdo_solver_teams acuerdo_feedback_loop; do
    psql --set ON_ERROR_STOP=1 --set name="$name" --username "$POSTGRES_USER" --dbname postgres <<SQL
\\getenv password ${name^^}_PASSWORD
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
