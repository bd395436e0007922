package dev.lockkeeper.testbed.control;

import java.util.List;

/**
 * One binary, and how it is compiled.
 *
 * @param binary its file name
 * @param module the folder in testbed/go whose go.mod pins it
 * @param goPackage its main package, as seen from there
 * @param variables strings that are set in it when it is linked, as {@code package.name=value}
 * @param estimate how long it compiles on 2 cores with an empty build cache
 */
record Target(String binary, String module, String goPackage, List<String> variables, String estimate) {}
