package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.spi.ScanControl;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The files that a cold source has written for an export by itself. */
final class UnloadedFiles {

    private final ExportSession session;

    UnloadedFiles(ExportSession session) {
        this.session = session;
    }

    /** What a source's own list names. */
    List<String> listed(StoredObject list) {
        try (InputStream in = session.store.open(list, 0, list.bytes(), session.control)) {
            return lines(in.readAllBytes());
        } catch (IOException e) {
            throw new SourceUnavailableException(
                    session.subject() + ": reading " + list.location() + " broke off: " + e.getMessage(), e);
        }
    }

    private static List<String> lines(byte[] text) {
        return new String(text, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** Removes what no finished export lists: what failed and stopped statements have left. */
    void removeUnlisted(ScanControl control) {
        ExportState state = session.state();
        Set<String> kept = state.stage == ExportState.Stage.DONE
                ? session.store.read(state.name(), control).stream()
                        .flatMap(found -> lines(found.bytes()).stream())
                        .map(file -> file.substring(session.store.location().length()))
                        .collect(Collectors.toSet())
                : Set.of();
        session.store.remove(
                session.store.list(state.folder(), control).stream()
                        .filter(name -> !kept.contains(name))
                        .toList(),
                control);
    }
}
