package dev.lockkeeper.operator.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EventsPageTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| (Normal|Warning) \\|");

    @Test
    void thePageNamesEveryReasonOnceInItsOrderWithItsType() throws IOException {
        Matcher rows = ROW.matcher(Files.readString(Path.of("..", "docs", "events.md")));
        assertThat(rows.results().map(row -> row.group(1) + " " + row.group(2)))
                .containsExactlyElementsOf(Arrays.stream(Reason.values())
                        .map(r -> r.name() + " " + r.type())
                        .toList());
    }
}
