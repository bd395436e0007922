package dev.lockkeeper.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One query of a dashboard's panel, with Grafana's variables filled in as for everything and the last hour.
 *
 * @param name the panel's title and the query's letter
 * @param instant whether only its newest figure is shown
 */
record Panel(String name, String query, boolean instant) {

    static List<Panel> of(Path dashboard) throws IOException {
        List<Panel> panels = new ArrayList<>();
        for (JsonNode panel : new ObjectMapper().readTree(dashboard.toFile()).path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                panels.add(new Panel(
                        panel.path("title").asText() + " "
                                + target.path("refId").asText(),
                        filled(target.path("expr").asText()),
                        target.path("instant").asBoolean()));
            }
        }
        return panels;
    }

    private static String filled(String query) {
        return query.replace("$group", ".*")
                .replace("$pin", ".*")
                .replace("$__rate_interval", "1m")
                .replace("$__interval", "15s")
                .replace("$__range", "1h");
    }
}
