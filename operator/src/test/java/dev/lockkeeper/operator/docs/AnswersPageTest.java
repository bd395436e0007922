package dev.lockkeeper.operator.docs;

import static dev.lockkeeper.operator.docs.Page.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.protocol.GraphKind;
import dev.lockkeeper.fleetlock.protocol.Kind;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/answers.md}: the table of all kinds comes from the code; what to do about each is written by hand, and none is left out. */
class AnswersPageTest {

    private static final Page PAGE = Page.of("answers.md");
    private static final Pattern SECTION = Pattern.compile("(?m)^## (.+)$");
    private static final Pattern WITH_STATUS = Pattern.compile("(?m)^\\| (\\d{3}) (`[a-z_`, ]+`) \\|");
    private static final Pattern WAIT = Pattern.compile("(?m)^\\| `([a-z_]+)` \\|");

    private record Refusal(int status, String kind, String when) {

        String both() {
            return status + " " + kind;
        }
    }

    private static List<Refusal> refusals() {
        Map<String, String> lock = SourceDocs.of(source("fleetlock", Kind.class));
        Map<String, String> graph = SourceDocs.of(source("cincinnati", GraphKind.class));
        return Stream.concat(
                        Stream.of(Kind.values())
                                .map(kind -> new Refusal(kind.status(), kind.text(), lock.get("Kind." + kind.name()))),
                        Stream.of(GraphKind.values())
                                .map(kind ->
                                        new Refusal(kind.status(), kind.text(), graph.get("GraphKind." + kind.name()))))
                .sorted(Comparator.comparing(Refusal::status).thenComparing(Refusal::kind))
                .toList();
    }

    private static Path source(String module, Class<?> type) {
        return Page.ROOT
                .resolve(module)
                .resolve("src/main/java")
                .resolve(type.getName().replace('.', '/') + ".java");
    }

    @Test
    void thePageHasEveryKindWithItsStatus() {
        List<Refusal> refusals = refusals();
        assertThat(refusals)
                .as("the comment of the constant says when")
                .allSatisfy(refusal -> assertThat(refusal.when()).isNotBlank());
        StringBuilder table = new StringBuilder("| status | kind | when | what to do |\n|---|---|---|---|\n");
        for (Refusal refusal : refusals) {
            table.append("| ").append(refusal.status());
            table.append(" | ").append(code(refusal.kind()));
            table.append(" | ").append(Page.cell(refusal.when()));
            table.append(" | ").append(sections(refusal)).append(" |\n");
        }
        PAGE.assertPart("kinds", table.toString());
    }

    /** Links to the sections by hand that have the kind. */
    private static String sections(Refusal refusal) {
        return byHand().entrySet().stream()
                .filter(section -> section.getValue().contains(refusal.both()))
                .map(section ->
                        "[" + section.getKey().replaceFirst(":.*", "") + "](#" + Links.slug(section.getKey()) + ")")
                .collect(Collectors.joining(", "));
    }

    /** The kinds with their status in the tables by hand, by section. */
    private static Map<String, Set<String>> byHand() {
        String text = PAGE.text();
        List<MatchResult> headings = SECTION.matcher(text).results().toList();
        Map<String, Set<String>> found = new LinkedHashMap<>();
        for (int i = 0; i < headings.size(); i++) {
            String title = headings.get(i).group(1);
            String section = text.substring(
                    headings.get(i).end(),
                    i + 1 < headings.size() ? headings.get(i + 1).start() : text.length());
            Set<String> kinds = new TreeSet<>();
            WITH_STATUS
                    .matcher(section)
                    .results()
                    .forEach(row -> Stream.of(row.group(2).split(", "))
                            .forEach(kind -> kinds.add(row.group(1) + " " + kind.replace("`", ""))));
            if (title.startsWith("Wait: ")) {
                String status = title.substring("Wait: ".length());
                WAIT.matcher(section).results().forEach(row -> kinds.add(status + " " + row.group(1)));
            }
            found.put(title, kinds);
        }
        return found;
    }

    @Test
    void whatToDoIsWrittenForEachKindAndForNoOther() {
        Set<String> written =
                byHand().values().stream().flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
        written.removeIf(kind -> kind.startsWith("200 "));
        assertThat(written)
                .containsExactlyInAnyOrderElementsOf(
                        refusals().stream().map(Refusal::both).toList());
    }
}
