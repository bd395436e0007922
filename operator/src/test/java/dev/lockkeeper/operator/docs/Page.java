package dev.lockkeeper.operator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page of {@code docs/} with generated parts, each between two comments that readers do not see. With {@code -Ddocs.rewrite=true} the
 * parts are written anew; what stands around them is by hand.
 */
public record Page(Path file) {

    public static final Path ROOT = Path.of("..");

    private static final String REWRITE =
            "write it again with: mvn -pl operator test -Dtest='*PageTest' -Ddocs.rewrite=true";

    /** @param name such as {@code settings.md} */
    public static Page of(String name) {
        return new Page(ROOT.resolve("docs").resolve(name));
    }

    public String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checks that the part of this name is what was generated, or writes it. */
    public void assertPart(String name, String generated) {
        String begins = "<!-- " + name + ": begin, generated -->\n";
        String ends = "<!-- " + name + ": end -->";
        String text = text();
        assertThat(text).as("%s needs these two comments, in this order", file).containsSubsequence(begins, ends);
        String expected = text.substring(0, text.indexOf(begins) + begins.length()) + "\n" + generated + "\n"
                + text.substring(text.indexOf(ends));
        if (Boolean.getBoolean("docs.rewrite")) {
            write(expected);
        }
        assertThat(text()).as(REWRITE).isEqualTo(expected);
    }

    private void write(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Plain text as it is written into a cell of a table. */
    public static String cell(String plain) {
        return plain.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
    }

    /** A word of code in a cell of a table. */
    public static String code(String word) {
        return "`" + word.replace("|", "\\|") + "`";
    }
}
