package io.github.tieredquery.examples.flights;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The committed sample of flights, as a file that DuckDB can read. */
public final class FlightsSample {

    /** How many flights the sample has. */
    public static final int ROWS = 300_000;

    /** How many days they are spread over. */
    public static final int DAYS = 181;

    static final String FILE = "flights-300k.parquet";

    private FlightsSample() {}

    /**
     * Copies the sample out of the class path, because DuckDB reads files only.
     *
     * @param directory an existing directory
     * @return the Parquet file
     * @throws IOException if it can't be written
     */
    public static Path copyTo(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        try (InputStream in = open(FILE)) {
            Files.copy(in, file);
        }
        return file;
    }

    /**
     * A path as it stands between the quotes of a DuckDB string literal.
     *
     * @param path the path
     * @return its text with quotes doubled
     */
    public static String escaped(Path path) {
        return path.toString().replace("'", "''");
    }

    static String resource(String name) throws IOException {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = FlightsSample.class.getResourceAsStream(name);
        if (in == null) {
            throw new FileNotFoundException(name + " is not on the class path beside " + FlightsSample.class.getName());
        }
        return in;
    }
}
