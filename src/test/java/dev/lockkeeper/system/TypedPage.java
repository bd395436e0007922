package dev.lockkeeper.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a page of docs/ can be typed in, in its order: fenced YAML, indented commands with what they are said to print, and commands
 * within sentences.
 */
record TypedPage(List<Step> steps) {

    private static final Pattern INLINE = Pattern.compile("`((?:kubectl|helm|curl|openssl) [^`]+)`");
    private static final Pattern FILE = Pattern.compile("^# ([a-z.-]+\\.yaml)$");

    /** One thing to type, under the heading that is nearest above. */
    sealed interface Step {
        String section();

        /** A file that the first line names. */
        record File(String section, String name, String text) implements Step {}

        /** YAML without a name. */
        record Yaml(String section, String text) implements Step {}

        /**
         * A line for the shell.
         *
         * @param printed the line that it is said to print first; null if none is shown
         */
        record Command(String section, String text, String printed) implements Step {}
    }

    static TypedPage of(Path file) {
        try {
            return new TypedPage(steps(Files.readAllLines(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Step> steps(List<String> lines) {
        List<Step> steps = new ArrayList<>();
        String section = "";
        StringBuilder paragraph = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean isText =
                    !line.isBlank() && !line.startsWith("```") && !line.startsWith("#") && !line.startsWith("    ");
            if (isText) {
                paragraph.append(line).append(' ');
                continue;
            }
            inline(section, paragraph, steps);
            if (line.startsWith("```")) {
                int end = i + 1;
                while (!lines.get(end).startsWith("```")) {
                    end++;
                }
                steps.add(fenced(section, lines.subList(i + 1, end)));
                i = end;
            } else if (line.startsWith("#")) {
                section = line.replaceFirst("^#+ ", "");
            } else if (line.startsWith("    $ ")) {
                steps.add(new Step.Command(
                        section, line.substring(6), lines.get(i + 1).strip()));
                while (i + 1 < lines.size() && lines.get(i + 1).startsWith("    ")) {
                    i++;
                }
            } else if (!line.isBlank()) {
                steps.add(new Step.Command(section, line.strip(), null));
            }
        }
        inline(section, paragraph, steps);
        return List.copyOf(steps);
    }

    /** The commands within the sentences of a paragraph, which is over. */
    private static void inline(String section, StringBuilder paragraph, List<Step> steps) {
        Matcher command = INLINE.matcher(paragraph);
        while (command.find()) {
            steps.add(new Step.Command(section, command.group(1), null));
        }
        paragraph.setLength(0);
    }

    private static Step fenced(String section, List<String> lines) {
        Matcher name = FILE.matcher(lines.getFirst());
        String text = String.join("\n", lines) + "\n";
        return name.matches() ? new Step.File(section, name.group(1), text) : new Step.Yaml(section, text);
    }

    /** The steps under one heading. */
    List<Step> section(String heading) {
        return steps.stream().filter(s -> s.section().equals(heading)).toList();
    }

    /** The steps from a heading on, to the end. */
    List<Step> from(String heading) {
        int first = 0;
        while (!steps.get(first).section().equals(heading)) {
            first++;
        }
        return steps.subList(first, steps.size());
    }
}
