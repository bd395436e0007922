package dev.lockkeeper.operator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/comparison.md} says can be checked: of Lockkeeper in our own pages, of others at a commit that does not move. */
class ComparisonPageTest {

    private static final Pattern REFERENCE = Pattern.compile("]\\[([a-z-]+)]");
    private static final Pattern SOURCE = Pattern.compile("(?m)^\\[([a-z-]+)]: (\\S+)$");
    private static final Pattern AT_A_COMMIT =
            Pattern.compile("https://github\\.com/[\\w-]+/[\\w-]+/blob/[0-9a-f]{40}/[\\w./-]+(#L\\d+)?");
    private static final Pattern OWN_LINK = Pattern.compile("]\\((?!https?:)[^)]+\\)");

    private final String text = Page.of("comparison.md").text();

    @Test
    void everyStatementAboutLockkeeperLinksToWhereItIsDescribed() {
        List<String> cells = new ArrayList<>();
        int column = -1;
        for (String line : text.lines().toList()) {
            if (!line.startsWith("|")) {
                column = -1;
                continue;
            }
            List<String> row = Arrays.stream(line.substring(1).split("\\|", -1))
                    .map(String::strip)
                    .toList();
            if (row.contains("Lockkeeper") && !row.getFirst().equals("Lockkeeper")) {
                column = row.indexOf("Lockkeeper");
            } else if (column >= 0 && !row.getFirst().startsWith("---")) {
                cells.add(row.get(column));
            }
        }
        // That the links lead somewhere is for DocLinksTest.
        assertThat(cells)
                .hasSizeGreaterThan(15)
                .allSatisfy(cell -> assertThat(cell).containsPattern(OWN_LINK));
    }

    @Test
    void everySourceIsAtACommitAndEveryReferenceHasASource() {
        List<String> sources = matches(SOURCE).map(m -> m.group(1)).toList();
        assertThat(matches(SOURCE).map(m -> m.group(2)))
                .allSatisfy(url -> assertThat(url).matches(AT_A_COMMIT));
        assertThat(sources)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        matches(REFERENCE).map(m -> m.group(1)).distinct().toList());
    }

    private Stream<MatchResult> matches(Pattern pattern) {
        return pattern.matcher(text).results();
    }
}
