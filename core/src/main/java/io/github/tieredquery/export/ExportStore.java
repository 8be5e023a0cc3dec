package io.github.tieredquery.export;

import io.github.tieredquery.spi.ScanControl;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder of an object store that exports are written to, and in which their state is kept. Its users call it by names
 * below the folder; sources of copies are called by their location, since they lie elsewhere. Implementations are
 * thread-safe; they try again what may succeed by itself, until the control stops them.
 *
 * <p>A write that depends on a version either happens or doesn't, whoever else writes at the same time. Without that no
 * two processes could share an export.
 */
public interface ExportStore {

    /**
     * Bytes with their version.
     *
     * @param bytes what was read
     * @param version what changes with the next write
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    record Versioned(byte[] bytes, String version) {}

    /**
     * A part that was written.
     *
     * @param number from 1
     * @param version the part's own version, which completing checks
     */
    record Part(int number, String version) {}

    /**
     * Where the folder is. Tickets are bound to it.
     *
     * @return for example {@code s3://bucket/exports/}
     */
    String location();

    /**
     * Reads a small object.
     *
     * @param name its name
     * @param control tells when to stop
     * @return what it holds; empty if there is none
     */
    Optional<Versioned> read(String name, ScanControl control);

    /**
     * Writes a small object if nobody else has written it meanwhile.
     *
     * @param name its name
     * @param bytes what it is to hold
     * @param expected the version that it has; null if there is to be none
     * @param control tells when to stop
     * @return the new version; empty if somebody else was first, and nothing was written. If the answer to a call was
     *     lost and the call repeated, empty may also mean that it is written
     */
    Optional<String> write(String name, byte[] bytes, @Nullable String expected, ScanControl control);

    /**
     * Removes objects; those that aren't there don't matter.
     *
     * @param names their names
     * @param control tells when to stop
     */
    void remove(List<String> names, ScanControl control);

    /**
     * The objects in a folder.
     *
     * @param folder its name, with a slash at its end
     * @param control tells when to stop
     * @return their names, which start with the folder's
     */
    List<String> list(String folder, ScanControl control);

    /**
     * Looks for a finished object.
     *
     * @param name its name
     * @param control tells when to stop
     * @return the object; empty if there is none
     */
    Optional<StoredObject> find(String name, ScanControl control);

    /**
     * Starts a multipart upload, which is invisible until it is completed.
     *
     * @param name the name of the object to be
     * @param control tells when to stop
     * @return the upload's identifier
     */
    String begin(String name, ScanControl control);

    /**
     * Uploads a part; one with the same number is replaced.
     *
     * @param name the object's name
     * @param upload the upload's identifier
     * @param number the part's number, from 1
     * @param content what it holds
     * @param control tells when to stop
     * @return the part
     * @throws UploadGoneException if there is no such upload
     */
    Part upload(String name, String upload, int number, ExportContent content, ScanControl control);

    /**
     * Has the store copy a part; one with the same number is replaced.
     *
     * @param name the object's name
     * @param upload the upload's identifier
     * @param number the part's number, from 1
     * @param source what to copy from; the call fails if it has changed
     * @param from the first byte, inclusive
     * @param to the end, exclusive
     * @param control tells when to stop
     * @return the part
     * @throws UploadGoneException if there is no such upload
     */
    Part copyPart(String name, String upload, int number, StoredObject source, long from, long to, ScanControl control);

    /**
     * Makes the object of its parts. Afterwards it is visible as a whole.
     *
     * @param name the object's name
     * @param upload the upload's identifier
     * @param parts all of its parts, by number
     * @param control tells when to stop
     * @throws UploadGoneException if there is no such upload, perhaps since it was completed before
     */
    void complete(String name, String upload, List<Part> parts, ScanControl control);

    /**
     * Ends an upload and removes its parts; one that isn't there doesn't matter.
     *
     * @param name the object's name
     * @param upload the upload's identifier
     * @param control tells when to stop
     */
    void abort(String name, String upload, ScanControl control);

    /**
     * The uploads of an object that are neither completed nor aborted.
     *
     * @param name the object's name
     * @param control tells when to stop
     * @return their identifiers
     */
    List<String> openUploads(String name, ScanControl control);

    /**
     * Has the store copy an object as a whole.
     *
     * @param name the name of the copy
     * @param source what to copy; the call fails if it has changed
     * @param control tells when to stop
     */
    void copy(String name, StoredObject source, ScanControl control);

    /**
     * Writes an object as a whole.
     *
     * @param name its name
     * @param content what it holds
     * @param control tells when to stop
     */
    void put(String name, ExportContent content, ScanControl control);

    /**
     * Reads a range of an object through the client.
     *
     * @param source the object; the call fails if it has changed
     * @param from the first byte, inclusive
     * @param to the end, exclusive
     * @param control tells when to stop
     * @return the bytes; the caller closes the stream
     */
    InputStream open(StoredObject source, long from, long to, ScanControl control);
}
