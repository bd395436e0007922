package dev.lockkeeper.testbed.control;

/**
 * What one command of Helm or kubectl ended with.
 *
 * @param command as it was given
 * @param out what it wrote to its standard output
 * @param err what it wrote to its standard error
 */
public record ToolResult(String command, int status, String out, String err) {

    /**
     * The output.
     *
     * @throws IllegalStateException with all that it said, if it ended with another status than 0
     */
    public String ok() {
        if (status != 0) {
            throw new IllegalStateException(command + " ended with status " + status + ":\n" + out + err);
        }
        return out;
    }
}
