#!/bin/sh
# Import last night's exports:  weekly-import.sh FOLDER
#
# Reads customers.csv, products.csv, deals.csv, sales.csv and activities.csv from FOLDER, as far as they are there.
# A file that came before changes nothing, so running this twice does no harm.
#
# Rows that cannot be read are set aside in FOLDER/rejected/, ready to be mended. What lies there from an earlier run is
# imported first, and removed once every row of it is in; what still has bad rows stays as it is, and the rows that are
# set aside by this run get a file with the next number: deals.csv, deals-2.csv, deals-3.csv.
#
# Ends with 0 when every row is in, with 3 when some rows are set aside, and stops at the first file that cannot be read
# at all, with the exit code of that import.
set -u

folder=${1:?usage: weekly-import.sh FOLDER}
mkdir -p "$folder/rejected" || exit 1
worst=0

bring() {
    salestrack --no-input import "$1" --as "$kind" --new customers,products ${2:+--rejects "$2"}
}

for kind in customers products deals sales activities; do
    for mended in "$folder/rejected/$kind.csv" "$folder/rejected/$kind"-[0-9]*.csv; do
        [ -f "$mended" ] || continue
        if bring "$mended"; then
            rm -- "$mended"
        else
            worst=3
            echo "weekly-import: $mended is not mended yet" >&2
        fi
    done

    file=$folder/$kind.csv
    [ -f "$file" ] || continue
    rejected=$folder/rejected/$kind.csv
    number=2
    while [ -e "$rejected" ]; do
        rejected=$folder/rejected/$kind-$number.csv
        number=$((number + 1))
    done
    bring "$file" "$rejected"
    code=$?
    case $code in
        0) ;;
        3)
            worst=3
            for earlier in "$folder/rejected/$kind.csv" "$folder/rejected/$kind"-[0-9]*.csv; do
                # The same rows as before, and not mended yet: one file of them is enough.
                if [ "$earlier" != "$rejected" ] && cmp -s "$earlier" "$rejected"; then
                    rm -- "$rejected"
                    rejected=$earlier
                    break
                fi
            done
            echo "weekly-import: some rows of $kind.csv were set aside: mend $rejected, it goes in with the next run" >&2
            ;;
        *)
            echo "weekly-import: stopped at $kind.csv (exit code $code); what came before it is in" >&2
            exit "$code"
            ;;
    esac
done
exit "$worst"
