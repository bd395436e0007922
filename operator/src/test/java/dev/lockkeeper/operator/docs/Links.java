package dev.lockkeeper.operator.docs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The links and anchors of a page in Markdown, as GitHub shows it.
 *
 * @param targets of its links, in order
 * @param anchors that links may name: its headings, and what has an id in HTML
 */
record Links(List<String> targets, Set<String> anchors) {

    private static final Pattern LINK = Pattern.compile("]\\(([^()\\s]+(?:\\([^()\\s]*\\))?)\\)|\\shref=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.+?) *#*");
    private static final Pattern ID = Pattern.compile("\\sid=\"([^\"]+)\"");
    private static final Pattern FENCE = Pattern.compile(" *(```|~~~).*");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");

    static Links of(String markdown) {
        List<String> targets = new ArrayList<>();
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        boolean fenced = false;
        for (String line : markdown.lines().toList()) {
            if (FENCE.matcher(line).matches()) {
                fenced = !fenced;
            } else if (!fenced) {
                Matcher heading = HEADING.matcher(line);
                if (heading.matches()) {
                    String slug = slug(heading.group(1));
                    int before = seen.merge(slug, 1, Integer::sum) - 1;
                    anchors.add(before == 0 ? slug : slug + "-" + before);
                }
                ID.matcher(line).results().forEach(id -> anchors.add(id.group(1)));
                LINK.matcher(CODE.matcher(line).replaceAll("`code`"))
                        .results()
                        .forEach(link -> targets.add(link.group(1) == null ? link.group(2) : link.group(1)));
            }
        }
        return new Links(List.copyOf(targets), Set.copyOf(anchors));
    }

    /** The anchor of a heading: its text without links and code marks, in lower case, with dashes for spaces and nothing for signs. */
    static String slug(String heading) {
        return heading.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }
}
