/**
 * A member named `__proto__` is data like any other. The build compiles object spread to
 * Object.assign, which would otherwise call the accessor of that name and set a prototype.
 */
Reflect.deleteProperty(Object.prototype, '__proto__')
