-- Imports whose counts do not add up.
SELECT 'i' || i.id AS ref, i.file, i.read_rows, i.new_rows + i.changed_rows + i.same_rows + i.rejected_rows + i.left_out_rows AS total
FROM imports i
WHERE i.read_rows <> i.new_rows + i.changed_rows + i.same_rows + i.rejected_rows + i.left_out_rows
ORDER BY i.id
