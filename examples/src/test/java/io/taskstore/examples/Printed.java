package io.taskstore.examples;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What a program prints that runs in the process of the test. */
final class Printed {

    /** A main method. */
    @FunctionalInterface
    interface Program {
        void run(String[] arguments) throws Exception;
    }

    private Printed() {}

    /** {@return all that the program printed until it returned} */
    static String by(Program program, String... arguments) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.run(arguments);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
