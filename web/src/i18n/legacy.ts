import { language, t } from '.'
export default {
  t,
  get language() {
    return language()
  },
}
