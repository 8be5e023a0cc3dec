-- Makes the sample of flights that the quick start loads: every tenth of 3,000,000 flights.
--
-- ${full} is flights-3m.parquet of the npm package vega-datasets 3.2.1, ${sample} is the file to write.
-- MakeFlightsSample runs this; NOTICE.md beside it says where the flights come from.
--
-- The number over a total order is the row's surrogate id: some flights are equal in every column, and a table of
-- TieredQuery needs time and key to be unique together. Equal flights can swap numbers, which changes nothing.
COPY (
  SELECT id, departed_at, delay, distance, origin, destination
  FROM (
    SELECT
      row_number() OVER (ORDER BY date, origin, destination, distance, delay) AS id,
      date AS departed_at,
      CAST(delay AS INTEGER) AS delay,
      CAST(distance AS INTEGER) AS distance,
      origin,
      destination
    FROM read_parquet('${full}')
  )
  WHERE id % 10 = 1
  ORDER BY id
) TO '${sample}' (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 22, ROW_GROUP_SIZE 100000)
