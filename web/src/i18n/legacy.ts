import { language } from '.'
export default {
  get language() {
    return language()
  },
}
