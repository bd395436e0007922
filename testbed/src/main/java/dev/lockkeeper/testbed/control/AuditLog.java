package dev.lockkeeper.testbed.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads the audit log while the API server writes it. */
record AuditLog(Path file) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** In the order of the answers; keeps only what is wanted in memory. */
    List<AuditEntry> entries(Predicate<AuditEntry> wanted) {
        List<AuditEntry> entries = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                parse(line).filter(wanted).ifPresent(entries::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the audit log " + file, e);
        }
        return entries;
    }

    /** Empty for a line that is not written to its end yet, or was cut off when the API server was killed. */
    static Optional<AuditEntry> parse(String line) {
        try {
            return Optional.of(AuditEntry.of(JSON.readTree(line)));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
