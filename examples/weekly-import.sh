#!/bin/sh
# Import last night's exports:  weekly-import.sh FOLDER
#
# Reads customers.csv, products.csv, deals.csv, sales.csv and activities.csv from FOLDER, as far as they are there.
# A file that came before changes nothing, so running this twice does no harm.
#
# Ends with 0 when every row is in, with 3 when some rows were set aside (see FOLDER/rejected/), and stops at the first
# file that cannot be read at all, with the exit code of that import.
set -u

folder=${1:?usage: weekly-import.sh FOLDER}
mkdir -p "$folder/rejected" || exit 1
worst=0

for kind in customers products deals sales activities; do
    file=$folder/$kind.csv
    rejected=$folder/rejected/$kind.csv
    [ -f "$file" ] || continue
    salestrack --no-input import "$file" --as "$kind" --new customers,products --rejects "$rejected"
    code=$?
    case $code in
        0) ;;
        3)
            worst=3
            echo "weekly-import: some rows of $kind.csv were set aside: mend and import $rejected" >&2
            ;;
        *)
            echo "weekly-import: stopped at $kind.csv (exit code $code); what came before it is in" >&2
            exit "$code"
            ;;
    esac
done
exit "$worst"
