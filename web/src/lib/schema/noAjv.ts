// What @rjsf/core's index asks for beside the form: a registry for tests of its own, which
// nothing here calls, wants a validator that compiles code. vite.config.ts gives it this.
export default undefined
