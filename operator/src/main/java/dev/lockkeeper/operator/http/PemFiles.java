package dev.lockkeeper.operator.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The two files that certificate and key are in: the keys of a Secret, mounted as a volume. */
record PemFiles(Path certificate, Path key) {

    /** More than a Secret can hold. */
    private static final int MOST_BYTES = 1024 * 1024;

    /** What was in the files at one time. */
    record Contents(byte[] certificate, byte[] key) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Contents(byte[] c, byte[] k)
                    && Arrays.equals(certificate, c)
                    && Arrays.equals(key, k);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(certificate) + Arrays.hashCode(key);
        }

        /** Without the key, so that no log line can show it. */
        @Override
        public String toString() {
            return "Contents[" + certificate.length + " and " + key.length + " bytes]";
        }
    }

    /**
     * Both files as they stand. A volume is swapped as a whole, but between the two reads of one look it may be: then there is nothing
     * to be seen yet.
     *
     * @throws IOException with a message that names the file
     */
    Optional<Contents> read() throws IOException {
        byte[] before = read(certificate);
        byte[] secret = read(key);
        return Arrays.equals(before, read(certificate)) ? Optional.of(new Contents(before, secret)) : Optional.empty();
    }

    private static byte[] read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new IOException("the file " + file + " does not exist", e);
        } catch (IOException e) {
            throw new IOException("the file " + file + " cannot be read (" + e.getMessage() + ")", e);
        }
        if (bytes.length > MOST_BYTES) {
            throw new IOException("the file " + file + " is longer than " + MOST_BYTES + " bytes");
        }
        return bytes;
    }

    @Override
    public String toString() {
        return certificate + " and " + key;
    }
}
