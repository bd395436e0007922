package dev.lockkeeper.crds.v1alpha1;

import java.util.regex.Pattern;

/** What the schema demands of schedules, as CEL, and what applies where a window says nothing. */
public final class Schedules {

    public static final String TIME_ZONE = "UTC";

    private static final String MINUTE = "[0-5]?[0-9]";
    private static final String HOUR = "([01]?[0-9]|2[0-3])";
    private static final String DAY = "(0?[1-9]|[12][0-9]|3[01])";
    private static final String MONTH = "(0?[1-9]|1[0-2]|(?i:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC))";
    private static final String WEEKDAY = "([0-7]|(?i:SUN|MON|TUE|WED|THU|FRI|SAT))";

    private static final String TO = "-";
    private static final String STEP = ")(/[1-9][0-9]?)?|";
    private static final String ANY = "([*]|";

    private static final String MINUTE_ITEM = "(" + ANY + MINUTE + TO + MINUTE + STEP + MINUTE + ")";
    private static final String HOUR_ITEM = "(" + ANY + HOUR + TO + HOUR + STEP + HOUR + ")";
    private static final String DAY_ITEM = "(" + ANY + DAY + TO + DAY + STEP + DAY + ")";
    private static final String MONTH_ITEM = "(" + ANY + MONTH + TO + MONTH + STEP + MONTH + ")";
    private static final String WEEKDAY_ITEM = "(" + ANY + WEEKDAY + TO + WEEKDAY + STEP + WEEKDAY + ")";

    private static final String GRAMMAR = "^"
            + MINUTE_ITEM + "(," + MINUTE_ITEM + ")* +"
            + HOUR_ITEM + "(," + HOUR_ITEM + ")* +"
            + DAY_ITEM + "(," + DAY_ITEM + ")* +"
            + MONTH_ITEM + "(," + MONTH_ITEM + ")* +"
            + WEEKDAY_ITEM + "(," + WEEKDAY_ITEM + ")*$";

    /** CEL: {@link #isSchedule} of {@code self}. */
    static final String CRON_RULE = "self.matches('" + GRAMMAR + "')";

    static final String CRON_MESSAGE =
            "must be five fields as in crontab: minute, hour, day of the month, month, day of the week, such as 0 1 * * MON-FRI";

    private static final Pattern TEXT = Pattern.compile(GRAMMAR);

    private Schedules() {}

    /** Whether a text is a schedule of cron; that a range does not run backwards, and that the day ever comes, it does not say. */
    public static boolean isSchedule(String text) {
        return TEXT.matcher(text).matches();
    }
}
