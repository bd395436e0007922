package dev.lockkeeper.operator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceDocsTest {

    @Test
    void commentsAreReadInTheFilesOrder(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("Outer.java");
        Files.writeString(file, """
                /** Of the type. */
                interface Outer {
                    /**
                     * Some {@code code} and a
                     * second line.
                     *
                     * @return not shown
                     */
                    int second();
                    int first();
                    enum Inner {
                        /** A constant. */
                        A;
                    }
                }
                """);
        assertThat(SourceDocs.of(file).entrySet().stream().map(Object::toString))
                .containsExactly(
                        "Outer=Of the type.",
                        "Outer.second=Some `code` and a second line.",
                        "Outer.first=",
                        "Outer.Inner=",
                        "Outer.Inner.A=A constant.");
    }
}
