package dev.lockkeeper.operator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every link of every page in this repository leads to a file and a heading that are there. Other sites are not asked. */
class DocLinksTest {

    private static final Path ROOT = Page.ROOT.toAbsolutePath().normalize();
    private static final Pattern OWN =
            Pattern.compile("https://github\\.com/lockkeeper/lockkeeper/(?:blob|tree)/main/");
    private static final Pattern OTHER_SITE = Pattern.compile("[a-z]+:.*");

    private static Map<Path, Links> pages() throws IOException {
        Map<Path, Links> pages = new TreeMap<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> markdown = files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> ROOT.relativize(file).toString().matches("(?!.*(^|/)(target|\\.\\w+)/).*"))
                    .toList();
            for (Path file : markdown) {
                pages.put(file, Links.of(Files.readString(file)));
            }
        }
        return pages;
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Map<Path, Links> pages = pages();
        assertThat(pages.keySet())
                .contains(
                        ROOT.resolve("README.md"),
                        ROOT.resolve("docs/guide.md"),
                        ROOT.resolve("helm/lockkeeper/README.md"),
                        ROOT.resolve("docs/runbooks/slot-stuck.md"));
        List<String> broken = new ArrayList<>();
        pages.forEach((page, links) -> links.targets().forEach(target -> {
            String why = fault(page, target, pages);
            if (why != null) {
                broken.add(ROOT.relativize(page) + ": " + target + " (" + why + ")");
            }
        }));
        assertThat(broken).isEmpty();
    }

    /** Null: there is none. */
    private static String fault(Path page, String target, Map<Path, Links> pages) {
        boolean own = OWN.matcher(target).lookingAt();
        if (!own && OTHER_SITE.matcher(target).matches()) {
            return null;
        }
        String local = OWN.matcher(target).replaceFirst("");
        int hash = local.indexOf('#');
        String path = hash < 0 ? local : local.substring(0, hash);
        Path file = path.isEmpty() && !own
                ? page
                : (own ? ROOT : page.getParent()).resolve(path).normalize();
        if (!Files.exists(file)) {
            return "no such file";
        }
        if (hash < 0) {
            return null;
        }
        Links there = pages.get(file);
        return there != null && there.anchors().contains(local.substring(hash + 1)) ? null : "no such heading";
    }

    @Test
    void everyPageOfTheDocsCanBeReachedFromTheReadme() throws IOException {
        Map<Path, Links> pages = pages();
        Set<Path> reached = new HashSet<>();
        List<Path> next = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        while (!next.isEmpty()) {
            Path page = next.removeLast();
            if (pages.containsKey(page) && reached.add(page)) {
                pages.get(page).targets().stream()
                        .filter(target -> !OTHER_SITE.matcher(target).matches())
                        .map(target -> page.getParent()
                                .resolve(target.replaceFirst("#.*", ""))
                                .normalize())
                        .forEach(next::add);
                // A link to a folder shows all that is in it.
                next.addAll(inFolders(pages.get(page), page, pages.keySet()));
            }
        }
        assertThat(pages.keySet().stream().filter(page -> page.startsWith(ROOT.resolve("docs"))))
                .isSubsetOf(reached);
    }

    private static List<Path> inFolders(Links links, Path page, Set<Path> pages) {
        return links.targets().stream()
                .filter(target ->
                        target.endsWith("/") && !OTHER_SITE.matcher(target).matches())
                .map(target -> page.getParent().resolve(target).normalize())
                .flatMap(folder -> pages.stream().filter(other -> folder.equals(other.getParent())))
                .toList();
    }

    @Test
    void linksAndAnchorsAreFoundAsReadersSeeThem() {
        Links links = Links.of("""
                # A title: with `code`, and signs
                ## Twice
                ## Twice
                See [here](a.md#b), `[not](this.md)` and [there](https://example.org/x_(y)).
                ```
                # no heading
                [no](link.md)
                ```
                <a id="by-hand"></a>
                """);
        assertThat(links.targets()).containsExactly("a.md#b", "https://example.org/x_(y)");
        assertThat(links.anchors())
                .containsExactlyInAnyOrder("a-title-with-code-and-signs", "twice", "twice-1", "by-hand");
    }
}
