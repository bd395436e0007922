package dev.lockkeeper.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A span of time that comes again: it opens when a schedule says so, and stays open for a while. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public class Window {
    @Required
    @Size(min = 9, max = 128)
    @ValidationRule(value = Schedules.CRON_RULE, message = Schedules.CRON_MESSAGE)
    @JsonPropertyDescription(
            "When it opens, as in crontab: minute, hour, day of the month, month, day of the week, such as 0 1 * * MON-FRI.")
    private String schedule;

    @Required
    @Size(max = Durations.MAX_LENGTH)
    @ValidationRule(
            value = Durations.GRAMMAR_RULE
                    + " && duration(self) >= duration('1m') && duration(self) <= duration('168h')",
            message = "must be a duration from 1m to 168h made of whole hours, minutes and seconds, such as 4h")
    @JsonPropertyDescription("How long it stays open, from 1m to 168h.")
    private String duration;

    @Size(min = 1, max = 64)
    @Default(Schedules.TIME_ZONE)
    @ValidationRule(
            value = "self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$')",
            message = "must be the name of a time zone, such as Europe/Berlin or UTC")
    @JsonPropertyDescription("The time zone of the schedule by its IANA name, such as Europe/Berlin. Default: UTC.")
    private String timeZone;

    public String getSchedule() {
        return schedule;
    }

    public void setSchedule(String schedule) {
        this.schedule = schedule;
    }

    public String getDuration() {
        return duration;
    }

    public void setDuration(String duration) {
        this.duration = duration;
    }

    public String getTimeZone() {
        return timeZone;
    }

    public void setTimeZone(String timeZone) {
        this.timeZone = timeZone;
    }
}
