package io.taskstore;

/**
 * How far a run has come; the last value wins.
 *
 * @param percent 0 to 100
 * @param text what it is doing, at most 500 characters; may be empty
 */
public record Progress(int percent, String text) {

    private static final int LONGEST_TEXT = 500;

    /** Checks the range and the text. */
    public Progress {
        Check.between("Progress.percent", 0, 100, percent);
        Check.words("Progress.text", text, LONGEST_TEXT);
    }

    @Override
    public String toString() {
        return text.isEmpty() ? percent + " %" : percent + " % " + text;
    }
}
